import { useEffect, useState } from "preact/hooks";
import { type Check, getDoctor, postMend, type Health as Report } from "../api/doctor.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { Card } from "../parts/card.tsx";
import { Chip } from "../parts/chip.tsx";
import { ErrorMessage } from "../parts/error-message.tsx";
import { counted, isKey, t } from "../words/lookup.ts";

/** The health checks from browser to desktop: run when the page opens and on demand. */
export function Health() {
  const [report, setReport] = useState<Report | null>(null);
  const mutation = useMutation();
  const runChecks = (how: () => Promise<Report>) =>
    mutation.run(async () => setReport(await how()));
  useEffect(() => {
    runChecks(getDoctor);
  }, []);
  return (
    <Card title={t("health_title")} lead={t("health_lead")} wide>
      <p role="status" class={report ? "" : "loading soft"}>
        {mutation.busy || !report ? t("health_looking") : summary(report)}
      </p>
      {mutation.error && <ErrorMessage error={mutation.error} />}
      {report && <Checks checks={report.checks} />}
      <div class="actions">
        <button type="button" aria-disabled={mutation.busy} onClick={() => runChecks(getDoctor)}>
          {t("check_again")}
        </button>
        {report?.checks.some(({ mends }) => mends) && (
          <button
            type="button"
            class="main"
            aria-disabled={mutation.busy}
            onClick={() => runChecks(postMend)}
          >
            {t("mend")}
          </button>
        )}
      </div>
    </Card>
  );
}

function summary({ checks, mended }: Report): string {
  const open = checks.filter(({ status }) => status !== "ok").length;
  return [
    mended.length > 0 && counted("health_mended", mended.length),
    open === 0 ? t("health_well") : counted("health_open", open),
  ]
    .filter(Boolean)
    .join(" ");
}

/** Lists the failed checks; the passed ones are folded away. */
function Checks({ checks }: { checks: Check[] }) {
  const open = checks.filter(({ status }) => status !== "ok");
  const well = checks.filter(({ status }) => status === "ok");
  return (
    <>
      <ul class="rows">{open.map(row)}</ul>
      {well.length > 0 && (
        <details class="more">
          <summary>{counted("health_links", well.length)}</summary>
          <ul class="rows">{well.map(row)}</ul>
        </details>
      )}
    </>
  );
}

const TONES = { ok: "good", warn: "middling", fail: "bad" } as const;

const row = ({ name, status, message, fix }: Check) => (
  <li key={name}>
    <span>
      <strong>{checkName(name)}</strong> <bdi class="soft">{message}</bdi>
      {fix && (
        <>
          <br />
          {t("what_to_do")} <bdi>{fix}</bdi>
        </>
      )}
    </span>
    <Chip tone={TONES[status]}>{t(`link_is_${status}`)}</Chip>
  </li>
);

/** The name of a check in the language of the page. */
function checkName(name: string): string {
  const [, what, browser] = /^(extension in|events from) (.+)$/.exec(name) ?? [];
  if (browser) return t(what === "events from" ? "link_events_of" : "link_extension", { browser });
  const key = `link_${name.replaceAll(" ", "_")}`;
  return isKey(key) ? t(key) : name;
}
