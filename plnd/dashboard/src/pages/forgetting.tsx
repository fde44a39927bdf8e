import { useEffect, useRef, useState } from "preact/hooks";
import { type Forgotten, postForget, type ToForget } from "../api/index.ts";
import { Card } from "../parts/card.tsx";
import { Done } from "../parts/done.tsx";
import { Field } from "../parts/field.tsx";
import { entered } from "../parts/form.tsx";
import { NetworkSelect } from "../parts/network-select.tsx";
import { useDoing } from "../resource.ts";
import { counted, duration, t, wireDay } from "../words/index.ts";

const HOUR = 3_600_000;
const SECONDS = 10;

interface Planned {
  what: ToForget;
  would: Forgotten;
}

/** Forget something: what it would be is said first, and for ten seconds it can be called off. */
export function Forgetting() {
  const [planned, setPlanned] = useState<Planned | null>(null);
  const doing = useDoing();
  const plan = (what: ToForget) =>
    doing.run(async () => setPlanned({ what, would: await postForget(what, true) }));
  const forget = ({ what }: Planned) => {
    setPlanned(null);
    doing.run(() => postForget(what, false));
  };
  return (
    <Card title={t("forget_title")} lead={t("forget_lead")}>
      {planned ? (
        <Countdown planned={planned} act={() => forget(planned)} stop={() => setPlanned(null)} />
      ) : (
        <Choices plan={plan} />
      )}
      {!planned && <Done of={doing} says={t("forgotten")} />}
    </Card>
  );
}

function Choices({ plan }: { plan: (what: ToForget) => unknown }) {
  return (
    <>
      <div class="choices">
        <button type="button" onClick={() => plan({ start: Date.now() - HOUR, end: Date.now() })}>
          {t("forget_hour")}
        </button>
        <button type="button" onClick={() => plan({ everything: true })}>
          {t("forget_everything")}
        </button>
      </div>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const [day, network] = [entered(form, "day"), entered(form, "network")];
          if (day || network) plan({ ...(day ? { day } : {}), ...(network ? { network } : {}) });
        }}
      >
        <div class="pair">
          <Field label={t("day")}>
            {(of) => <input {...of} type="date" name="day" max={wireDay(new Date())} />}
          </Field>
          <Field label={t("network")}>
            {(of) => <NetworkSelect {...of} name="network" none="" />}
          </Field>
        </div>
        <div class="actions">
          <button type="submit">{t("forget_these")}</button>
        </div>
      </form>
    </>
  );
}

function Countdown({
  planned: { would },
  act,
  stop,
}: {
  planned: Planned;
  act: () => void;
  stop: () => void;
}) {
  const [left, setLeft] = useState(SECONDS);
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const end = Date.now() + SECONDS * 1000;
    const timer = setInterval(() => {
      const rest = Math.ceil((end - Date.now()) / 1000);
      setLeft(rest);
      if (rest <= 0) {
        clearInterval(timer);
        latest.current();
      }
    }, 200);
    return () => clearInterval(timer);
  }, []);
  return (
    <div class="ask">
      <p role="status">
        {t("forget_would", {
          visits: counted("visits", would.visits),
          time: duration(would.visit_seconds),
          acts: counted("acts", would.interactions),
        })}{" "}
        {would.backups > 0 && t("forget_backups")}
      </p>
      <p>{counted("forget_in", Math.max(0, left))}</p>
      <button type="button" class="main" ref={(button) => button?.focus()} onClick={stop}>
        {t("forget_stop")}
      </button>
    </div>
  );
}
