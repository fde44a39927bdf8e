import { deletePause, getPause, putPause } from "../api/settings.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { timeOfDay } from "../words/format.ts";
import { t } from "../words/lookup.ts";

const HOUR_MS = 3_600_000;

const PAUSES = [
  { name: "pause_half_hour", until: () => Date.now() + HOUR_MS / 2 },
  { name: "pause_hour", until: () => Date.now() + HOUR_MS },
  { name: "pause_tomorrow", until: () => new Date().setHours(24, 0, 0, 0) },
  { name: "pause_open", until: () => null },
] as const;

/** Pauses all recording, for a while or until resumed. */
export function PauseCard() {
  const pause = useQuery(getPause);
  const mutation = useMutation();
  return (
    <Card title={t("pause_title")} lead={t("pause_lead")}>
      <QueryResult query={pause}>
        {({ paused, until }) =>
          paused ? (
            <div class="actions">
              <p>{until === null ? t("paused") : t("paused_until", { time: timeOfDay(until) })}</p>
              <button type="button" class="main" onClick={() => mutation.run(deletePause)}>
                {t("resume")}
              </button>
            </div>
          ) : (
            <div class="choices">
              {PAUSES.map(({ name, until }) => (
                <button
                  key={name}
                  type="button"
                  onClick={() => mutation.run(() => putPause(until()))}
                >
                  {t(name)}
                </button>
              ))}
            </div>
          )
        }
      </QueryResult>
      <MutationStatus mutation={mutation} />
    </Card>
  );
}
