import { useEffect, useState } from "preact/hooks";
import { type Doctor, getDoctor, type Link, postMend } from "../api/doctor.ts";
import { useDoing } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Chip } from "../parts/chip.tsx";
import { Troubled } from "../parts/error-message.tsx";
import { counted, isKey, t } from "../words/text.ts";

/** The chain from browser to desktop, link by link: looked at when the page opens, and on demand. */
export function Health() {
  const [found, setFound] = useState<Doctor | null>(null);
  const doing = useDoing();
  const look = (how: () => Promise<Doctor>) => doing.run(async () => setFound(await how()));
  useEffect(() => {
    look(getDoctor);
  }, []);
  return (
    <Card title={t("health_title")} lead={t("health_lead")} wide>
      <p role="status" class={found ? "" : "loading soft"}>
        {doing.busy || !found ? t("health_looking") : standing(found)}
      </p>
      {doing.trouble && <Troubled trouble={doing.trouble} />}
      {found && <Links checks={found.checks} />}
      <div class="actions">
        <button type="button" aria-disabled={doing.busy} onClick={() => look(getDoctor)}>
          {t("check_again")}
        </button>
        {found?.checks.some(({ mends }) => mends) && (
          <button
            type="button"
            class="main"
            aria-disabled={doing.busy}
            onClick={() => look(postMend)}
          >
            {t("mend")}
          </button>
        )}
      </div>
    </Card>
  );
}

function standing({ checks, mended }: Doctor): string {
  const open = checks.filter(({ status }) => status !== "ok").length;
  return [
    mended.length > 0 && counted("health_mended", mended.length),
    open === 0 ? t("health_well") : counted("health_open", open),
  ]
    .filter(Boolean)
    .join(" ");
}

/** What needs a look stands in sight, what is well behind it. */
function Links({ checks }: { checks: Link[] }) {
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

const row = ({ name, status, message, fix }: Link) => (
  <li key={name}>
    <span>
      <strong>{nameOf(name)}</strong> <bdi class="soft">{message}</bdi>
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

/** A link's name in the reader's language; that of a browser is its own. */
function nameOf(name: string): string {
  const [, what, browser] = /^(extension in|events from) (.+)$/.exec(name) ?? [];
  if (browser) return t(what === "events from" ? "link_events_of" : "link_extension", { browser });
  const key = `link_${name.replaceAll(" ", "_")}`;
  return isKey(key) ? t(key) : name;
}
