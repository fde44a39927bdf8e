import { getSettings } from "../api/settings.ts";
import { useQuery } from "../hooks/use-query.ts";
import { QueryResult } from "../parts/query-result.tsx";
import { t } from "../words/lookup.ts";
import { Budgets } from "./budgets.tsx";
import { Feeds } from "./feeds.tsx";
import { Health } from "./health.tsx";
import { Networks } from "./networks.tsx";
import { Notices } from "./notices.tsx";
import { PauseCard } from "./pause.tsx";
import { Schedule } from "./schedule.tsx";

export default function SettingsPage() {
  const settings = useQuery(getSettings);
  return (
    <>
      <h1>{t("settings_title")}</h1>
      <div class="columns">
        <Budgets />
        <PauseCard />
        <QueryResult query={settings}>
          {({ settings }) => <Schedule settings={settings} />}
        </QueryResult>
        <QueryResult query={settings}>
          {({ settings }) => <Notices settings={settings} />}
        </QueryResult>
      </div>
      <div class="cards">
        <Networks />
        <Feeds />
      </div>
      <Health />
    </>
  );
}
