import { getToday, type Today } from "../api/day.ts";
import { getTies } from "../api/people.ts";
import { getBudgets } from "../api/settings.ts";
import { getDays, getSpans } from "../api/trends.ts";
import { BudgetRing, roundUpToMinute } from "../charts/budget-ring.tsx";
import { DayTimeline } from "../charts/day-timeline.tsx";
import { useLive } from "../hooks/use-live.ts";
import { type Query, useQuery } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { NetworkBar } from "../parts/network-bar.tsx";
import { useNetworkNames } from "../parts/network-select.tsx";
import { PersonRow } from "../parts/person-row.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { RowList } from "../parts/row-list.tsx";
import { dayAndTime, dayLong, duration, timeOfDay } from "../words/format.ts";
import { counted, t } from "../words/lookup.ts";
import { FirstSteps } from "./first-steps.tsx";

export function TodayPage() {
  const live = useLive();
  // Live updates bring today's figures; this request shows the error when they do not come.
  const asked = useQuery(getToday, "", { minIntervalMs: Number.POSITIVE_INFINITY });
  const spans = useQuery(getSpans);
  const budgets = useQuery(getBudgets);
  const days = useQuery(getDays);
  const today: Query<Today> = { ...asked, data: live.today ?? asked.data };
  return (
    <QueryResult query={today}>
      {(today) => (
        <>
          <Headline today={today} />
          {days.data && budgets.data && (
            <FirstSteps today={today} days={days.data} budgets={budgets.data.budgets} />
          )}
          <div class="cards">
            <Networks today={today} />
            <DueCards today={today} />
            <QueryResult query={spans}>
              {(spans) =>
                spans.networks.length > 0 && (
                  <Card title={t("strip_title")} lead={t("strip_marks")} wide>
                    <DayTimeline spans={spans} />
                  </Card>
                )
              }
            </QueryResult>
          </div>
          <SourcesLine today={today} />
        </>
      )}
    </QueryResult>
  );
}

function Headline({ today }: { today: Today }) {
  return (
    <section class="hero card" aria-labelledby="headline">
      <BudgetRing today={today} />
      <div>
        <p class="soft">{dayLong(today.day)}</p>
        <h1 id="headline">{headlineText(today)}</h1>
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

function headlineText(today: Today): string {
  const over = today.spent_seconds - (today.budget_minutes ?? 0) * 60;
  switch (today.state) {
    case "off":
      return t("headline_off", { time: duration(today.spent_seconds) });
    case "over":
      return over >= 60 ? t("headline_over", { time: duration(over) }) : t("headline_used");
    case "near":
      return t("headline_near", { time: duration(roundUpToMinute(today.left_seconds ?? 0)) });
    case "under":
      return t("headline_under", { time: duration(roundUpToMinute(today.left_seconds ?? 0)) });
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

/** The next chat, people to contact, profiles without a recent post. */
function DueCards({ today }: { today: Today }) {
  const nameOf = useNetworkNames();
  const staleProfiles = today.profiles.filter(
    (one) => one.mode === "active" && one.freshness === "stale",
  );
  return (
    <div class="stack">
      {today.next_chat && (
        <Card title={t("next_chat")}>
          <p>{nextChatText(today, today.next_chat, nameOf)}</p>
        </Card>
      )}
      <PeopleToContact />
      {staleProfiles.length > 0 && (
        <Card title={t("profiles_title")}>
          <ul class="plain">
            {staleProfiles.map((one) => (
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

/** Three people at most: those who are due, otherwise the weak tie of the week. */
function PeopleToContact() {
  const ties = useQuery(getTies);
  return (
    <Card title={t("people_title")}>
      <QueryResult query={ties}>
        {({ drifting, weak_tie: weak }) => {
          const due = drifting.length > 0 ? drifting.slice(0, 3) : weak ? [weak] : [];
          return (
            <RowList items={due} empty={t("drift_none")}>
              {(person) => <PersonRow key={person.id} person={person} />}
            </RowList>
          );
        }}
      </QueryResult>
    </Card>
  );
}

function nextChatText(
  today: Today,
  chat: NonNullable<Today["next_chat"]>,
  nameOf: (id: string) => string,
): string {
  const values = { tag: chat.tag, network: nameOf(chat.network) };
  return chat.starts_at <= today.now
    ? t("chat_now", { ...values, time: timeOfDay(chat.ends_at, today.time_zone) })
    : t("chat_when", { ...values, when: dayAndTime(chat.starts_at) });
}

function SourcesLine({ today }: { today: Today }) {
  return (
    <p class="sources soft">
      {today.sources.map((one) => sourceText(one.browser, today.now - one.last_event_at)).join(" ")}
    </p>
  );
}

function sourceText(name: string, ago: number): string {
  const browser = name.charAt(0).toUpperCase() + name.slice(1);
  const minutes = Math.floor(ago / 60_000);
  if (minutes < 2) return t("heard_now", { browser });
  if (minutes < 120) return counted("heard_minutes", minutes, { browser });
  if (minutes < 48 * 60) return counted("heard_hours", Math.floor(minutes / 60), { browser });
  return counted("heard_days", Math.floor(minutes / 1440), { browser });
}
