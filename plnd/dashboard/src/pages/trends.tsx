import { useMemo } from "preact/hooks";
import { type Days, getDays } from "../api/trends.ts";
import { useQuery } from "../hooks/use-query.ts";
import { linkTo, type Route } from "../hooks/use-route.ts";
import { QueryResult } from "../parts/query-result.tsx";
import { dayLong, duration, isoDay, percent, plusDays } from "../words/format.ts";
import { t } from "../words/lookup.ts";
import { HoursChart, NetworksChart, WorkChart, YearChart } from "./trends-charts.tsx";

/** How often the days reload at most: they are many, and only the last of them changes. */
const MINUTE_MS = 60_000;
const RANGES = [28, 84, 365] as const;

interface Range {
  from: string;
  to: string;
}

export default function TrendsPage({ route }: { route: Route }) {
  const range = rangeOf(route.query);
  const days = useQuery(() => getDays(range.from, range.to), `${range.from} ${range.to}`, {
    minIntervalMs: MINUTE_MS,
  });
  return (
    <>
      <h1>{t("trends_title")}</h1>
      <RangePicker range={range} />
      <QueryResult query={days}>{(days) => <TrendsSections days={days} />}</QueryResult>
    </>
  );
}

function rangeOf(query: URLSearchParams): Range {
  const to = query.get("to") || isoDay(new Date());
  return { from: query.get("from") || plusDays(to, 1 - RANGES[0]), to };
}

const go = ({ from, to }: Range) => {
  location.hash = `${linkTo("trends")}?${new URLSearchParams({ from, to })}`;
};

function RangePicker({ range }: { range: Range }) {
  const today = isoDay(new Date());
  return (
    <form
      class="ranges"
      aria-label={t("range")}
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        go({ from: String(form.get("from")), to: String(form.get("to")) });
      }}
    >
      <div class="choices">
        {RANGES.map((count) => {
          const from = plusDays(today, 1 - count);
          return (
            <button
              key={count}
              type="button"
              aria-pressed={range.from === from && range.to === today}
              onClick={() => go({ from, to: today })}
            >
              {t(`range_${count}`)}
            </button>
          );
        })}
      </div>
      <div class="own">
        <label>
          {t("from")}
          <input key={range.from} type="date" name="from" required defaultValue={range.from} />
        </label>
        <label>
          {t("to")}
          <input key={range.to} type="date" name="to" required defaultValue={range.to} />
        </label>
        <button type="submit">{t("show")}</button>
      </div>
    </form>
  );
}

function TrendsSections({ days }: { days: Days }) {
  const sums = useMemo(() => summed(days), [days]);
  if (sums.spent === 0 && sums.interactionDays === 0) {
    return <p class="empty soft">{t("trends_nothing")}</p>;
  }
  const young = days.known_since !== null && days.known_since > plusDays(isoDay(new Date()), -7);
  return (
    <>
      {young && days.known_since && (
        <p class="soft">{t("trends_learning", { day: dayLong(days.known_since) })}</p>
      )}
      <dl class="sums">
        <Sum name={t("sum_spent")} figure={duration(sums.spent)} />
        <Sum name={t("sum_each_day")} figure={duration(sums.spent / sums.known)} />
        <Sum name={t("sum_part")} figure={percent(sums.part, sums.spent)} />
        <Sum
          name={t("sum_days")}
          figure={t("of_days", { n: sums.interactionDays, all: sums.known })}
        />
      </dl>
      <div class="cards">
        <NetworksChart days={days} />
        <WorkChart days={days} />
        <HoursChart days={days} />
        <YearChart to={days.last} />
      </div>
    </>
  );
}

const Sum = ({ name, figure }: { name: string; figure: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{figure}</dd>
  </div>
);

function summed({ days, known_since: since }: Days) {
  const known = days.filter(({ day }) => since !== null && day >= since);
  const sum = (of: "spent_seconds" | "taking_part_seconds") =>
    days.flatMap(({ networks }) => networks).reduce((all, one) => all + one[of], 0);
  return {
    known: Math.max(1, known.length),
    spent: sum("spent_seconds"),
    part: sum("taking_part_seconds"),
    interactionDays: days.filter(({ interaction_day }) => interaction_day).length,
  };
}
