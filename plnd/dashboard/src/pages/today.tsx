import { getToday, type Today } from "../api/day.ts";
import { getTies } from "../api/people.ts";
import { getBudgets } from "../api/settings.ts";
import { getDays, getSpans } from "../api/trends.ts";
import { Ring, roundUp } from "../charts/budget-ring.tsx";
import { Strip } from "../charts/day-timeline.tsx";
import { useLive } from "../hooks/use-live.ts";
import { type Resource, useResource } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { NetworkBar } from "../parts/network-bar.tsx";
import { useNetworkNames } from "../parts/network-select.tsx";
import { PersonRow } from "../parts/person-row.tsx";
import { Resourceful } from "../parts/query-result.tsx";
import { dayAndTime, dayLong, duration, timeOfDay } from "../words/format.ts";
import { counted, t } from "../words/text.ts";
import { FirstDay } from "./first-steps.tsx";

export function TodayPage() {
  const live = useLive();
  // The stream brings today, now and later; this answer says what is wrong when it does not come.
  const asked = useResource(getToday, "", { rest: Number.POSITIVE_INFINITY });
  const spans = useResource(getSpans);
  const budgets = useResource(getBudgets);
  const days = useResource(getDays);
  const today: Resource<Today> = { ...asked, value: live.today ?? asked.value };
  return (
    <Resourceful of={today}>
      {(today) => (
        <>
          <Headline today={today} />
          {days.value && budgets.value && (
            <FirstDay today={today} days={days.value} budgets={budgets.value.budgets} />
          )}
          <div class="cards">
            <Networks today={today} />
            <Beside today={today} />
            <Resourceful of={spans}>
              {(spans) =>
                spans.networks.length > 0 && (
                  <Card title={t("strip_title")} lead={t("strip_marks")} wide>
                    <Strip spans={spans} />
                  </Card>
                )
              }
            </Resourceful>
          </div>
          <Sources today={today} />
        </>
      )}
    </Resourceful>
  );
}

function Headline({ today }: { today: Today }) {
  return (
    <section class="hero card" aria-labelledby="headline">
      <Ring today={today} />
      <div>
        <p class="soft">{dayLong(today.day)}</p>
        <h1 id="headline">{headline(today)}</h1>
        <p>
          {today.budget_minutes === null
            ? t("no_budget")
            : t("used_of", {
                spent: duration(today.spent_seconds),
                budget: duration(today.budget_minutes * 60),
              })}
        </p>
        {today.spent_seconds > 0 && (
          <p class="soft">
            {t("detail_taking_part", { time: duration(today.taking_part_seconds) })}{" "}
            {today.chat_seconds > 0 && t("detail_chat", { time: duration(today.chat_seconds) })}
          </p>
        )}
      </div>
    </section>
  );
}

function headline(today: Today): string {
  const over = today.spent_seconds - (today.budget_minutes ?? 0) * 60;
  switch (today.state) {
    case "off":
      return t("headline_off", { time: duration(today.spent_seconds) });
    case "over":
      return over >= 60 ? t("headline_over", { time: duration(over) }) : t("headline_used");
    case "near":
      return t("headline_near", { time: duration(roundUp(today.left_seconds ?? 0)) });
    case "under":
      return t("headline_under", { time: duration(roundUp(today.left_seconds ?? 0)) });
  }
}

function Networks({ today }: { today: Today }) {
  const most = Math.max(...today.networks.map((network) => network.spent_seconds), 1);
  return (
    <Card title={t("networks_today")}>
      {today.networks.length === 0 ? (
        <p class="soft">{t("nothing_today")}</p>
      ) : (
        <>
          <p class="legend" aria-hidden="true">
            <span class="key taking-part" /> {t("taking_part")}
            <span class="key scrolling" /> {t("scrolling")}
          </p>
          <ul class="networks">
            {today.networks.map((network) => (
              <NetworkBar key={network.id} network={network} most={most} />
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

/** What is due: the next chat, whom to write to, the profiles that have gone quiet. */
function Beside({ today }: { today: Today }) {
  const nameOf = useNetworkNames();
  const quiet = today.profiles.filter((one) => one.mode === "active" && one.freshness === "stale");
  return (
    <div class="stack">
      {today.next_chat && (
        <Card title={t("next_chat")}>
          <p>{chatWords(today, today.next_chat, nameOf)}</p>
        </Card>
      )}
      <Whom />
      {quiet.length > 0 && (
        <Card title={t("profiles_title")}>
          <ul class="plain">
            {quiet.map((one) => (
              <li key={`${one.network} ${one.handle}`}>
                {counted("profile_silent", one.days_silent ?? 0, {
                  network: nameOf(one.network),
                  handle: one.handle,
                })}
              </li>
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}

/** Whom to answer or write to: three at most, those that are due, else the weak tie of the week. */
function Whom() {
  const ties = useResource(getTies);
  return (
    <Card title={t("people_title")}>
      <Resourceful of={ties}>
        {({ drifting, weak_tie: weak }) => {
          const due = drifting.length > 0 ? drifting.slice(0, 3) : weak ? [weak] : [];
          return due.length === 0 ? (
            <p class="soft">{t("drift_none")}</p>
          ) : (
            <ul class="rows">
              {due.map((person) => (
                <PersonRow key={person.id} person={person} />
              ))}
            </ul>
          );
        }}
      </Resourceful>
    </Card>
  );
}

function chatWords(
  today: Today,
  chat: NonNullable<Today["next_chat"]>,
  nameOf: (id: string) => string,
): string {
  const values = { tag: chat.tag, network: nameOf(chat.network) };
  return chat.starts_at <= today.now
    ? t("chat_now", { ...values, time: timeOfDay(chat.ends_at, today.time_zone) })
    : t("chat_when", { ...values, when: dayAndTime(chat.starts_at) });
}

function Sources({ today }: { today: Today }) {
  return (
    <p class="sources soft">
      {today.sources.map((one) => heard(one.browser, today.now - one.last_event_at)).join(" ")}
    </p>
  );
}

function heard(name: string, ago: number): string {
  const browser = name.charAt(0).toUpperCase() + name.slice(1);
  const minutes = Math.floor(ago / 60_000);
  if (minutes < 2) return t("heard_now", { browser });
  if (minutes < 120) return counted("heard_minutes", minutes, { browser });
  if (minutes < 48 * 60) return counted("heard_hours", Math.floor(minutes / 60), { browser });
  return counted("heard_days", Math.floor(minutes / 1440), { browser });
}
