import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Forgotten, postForget, type ToForget } from "../api/own-data.ts";
import { useDoing } from "../hooks/use-query.ts";
import { duration } from "../words/format.ts";
import { counted, t } from "../words/text.ts";
import { Done } from "./mutation-status.tsx";

const SECONDS = 10;

interface Planned {
  what: ToForget;
  would: Forgotten;
}

/**
 * What offers to forget. Once it is asked, what would go stands in its place, and for ten
 * seconds it can be called off; then `act` does it.
 */
export function Forgettable({
  act,
  children,
}: {
  act: (what: ToForget) => unknown;
  children: (plan: (what: ToForget) => unknown) => ComponentChildren;
}) {
  const [planned, setPlanned] = useState<Planned | null>(null);
  const planning = useDoing();
  const plan = (what: ToForget) =>
    planning.run(async () => setPlanned({ what, would: await postForget(what, true) }));
  if (!planned) {
    return (
      <>
        {children(plan)}
        <Done of={planning} says="" />
      </>
    );
  }
  const forget = () => {
    setPlanned(null);
    act(planned.what);
  };
  return <Countdown would={planned.would} act={forget} stop={() => setPlanned(null)} />;
}

function Countdown({ would, act, stop }: { would: Forgotten; act: () => void; stop: () => void }) {
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
      <p role="status">{wouldWords(would)}</p>
      <p>{counted("forget_in", Math.max(0, left))}</p>
      <button type="button" class="main" ref={(button) => button?.focus()} onClick={stop}>
        {t("forget_stop")}
      </button>
    </div>
  );
}

function wouldWords({ person, visits, visit_seconds, interactions, kept, backups }: Forgotten) {
  const gone = {
    visits: counted("visits", visits),
    time: duration(visit_seconds),
    acts: counted("acts", interactions),
  };
  const words = [
    person === null ? t("forget_would", gone) : t("forget_person", { name: person, ...gone }),
    person !== null && kept.journal ? counted("forget_words", kept.journal) : "",
    backups > 0 ? t("forget_backups") : "",
  ];
  return words.filter(Boolean).join(" ");
}
