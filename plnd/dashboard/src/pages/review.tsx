import { getReview, type Review } from "../api/review.ts";
import { useQuery } from "../hooks/use-query.ts";
import { linkTo, type Route } from "../hooks/use-route.ts";
import { Card } from "../parts/card.tsx";
import { Chip } from "../parts/chip.tsx";
import { PersonRow } from "../parts/person-row.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { dayLong, duration } from "../words/format.ts";
import { isKey, t } from "../words/lookup.ts";
import { PlanCard } from "./plan.tsx";
import { WorkAndHomeCard } from "./work-and-home.tsx";

export default function ReviewPage({ route }: { route: Route }) {
  const week = route.query.get("week") ?? "";
  const review = useQuery(() => getReview(week), week);
  return (
    <>
      <h1>{t("page_review")}</h1>
      <QueryResult query={review}>{(review) => <ReviewSections review={review} />}</QueryResult>
      <div class="cards">
        <PlanCard />
        <WorkAndHomeCard />
      </div>
    </>
  );
}

function ReviewSections({ review }: { review: Review }) {
  return (
    <>
      <WeekLinks review={review} />
      <Lights lights={review.lights} />
      <div class="cards">
        <Card title={t("one_suggestion")}>
          <p>
            <strong dir="auto">{review.suggestion.text}</strong>
          </p>
          <p class="soft">{review.suggestion.reason}</p>
        </Card>
        <Card title={t("week_time")}>
          <dl class="sums">
            <Sum name={t("in_all")} seconds={review.spent_seconds} />
            <Sum name={t("taking_part")} seconds={review.taking_part_seconds} />
            <Sum name={t("scrolling")} seconds={review.scrolling_seconds} />
            <Sum name={t("page_chats")} seconds={review.chat_seconds} />
          </dl>
        </Card>
        {review.new_people.length > 0 && (
          <Card title={t("new_people")}>
            <ul class="rows">
              {review.new_people.map((person) => (
                <PersonRow key={person.id} person={person} />
              ))}
            </ul>
          </Card>
        )}
        {review.learned.length > 0 && (
          <Card title={t("week_learned")}>
            <ul class="plain">
              {review.learned.map((entry) => (
                <li key={entry.id}>
                  <span class="soft">{t(entry.kind)}</span> <bdi>{entry.text}</bdi>
                </li>
              ))}
            </ul>
          </Card>
        )}
      </div>
    </>
  );
}

/** The week, with links to the week before, to print and to Markdown. */
function WeekLinks({ review }: { review: Review }) {
  return (
    <p class="actions">
      <a href={`${linkTo("review")}?week=${weekBefore(review.first)}`}>{t("week_before")}</a>
      <strong>
        {dayLong(review.first)} – {dayLong(review.last)}
      </strong>
      <a href={`/api/v1/review.html?week=${review.week}`} target="_blank" rel="noreferrer">
        {t("print")}
      </a>
      <a href={`/api/v1/review.md?week=${review.week}`} download={`plnd-${review.week}.md`}>
        Markdown
      </a>
    </p>
  );
}

function Lights({ lights }: { lights: Review["lights"] }) {
  return (
    <ul class="lights">
      {lights.map((light) => (
        <li key={light.name} class="card">
          <Chip tone={toneOf(light.colour)}>{colourText(light.colour)}</Chip>
          <h2>{t(`light_${light.name}`)}</h2>
          <p>{light.says}</p>
        </li>
      ))}
    </ul>
  );
}

const Sum = ({ name, seconds }: { name: string; seconds: number }) => (
  <div>
    <dt>{name}</dt>
    <dd>{duration(seconds)}</dd>
  </div>
);

const TONES: Record<string, "good" | "middling" | "bad"> = {
  green: "good",
  amber: "middling",
  red: "bad",
};
const toneOf = (colour: string) => TONES[colour] ?? "plain";

function colourText(colour: string): string {
  const key = `colour_${colour}`;
  return isKey(key) ? t(key) : colour;
}

/** The ISO week before the one that begins on a day. */
function weekBefore(monday: string): string {
  const thursday = new Date(`${monday}T12:00:00Z`);
  thursday.setUTCDate(thursday.getUTCDate() - 4);
  const year = thursday.getUTCFullYear();
  const week = Math.ceil(((thursday.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7);
  return `${year}-W${String(week).padStart(2, "0")}`;
}
