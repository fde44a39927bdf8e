import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type ForgetScope, type Forgotten, postForget } from "../api/own-data.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { duration } from "../words/format.ts";
import { counted, t } from "../words/lookup.ts";
import { MutationStatus } from "./mutation-status.tsx";

const SECONDS = 10;

interface Planned {
  what: ForgetScope;
  preview: Forgotten;
}

/**
 * Deletion with a preview and time to undo. After `plan` is called, a countdown replaces the
 * children: it says what would be deleted, can be stopped for ten seconds, then calls `onForget`.
 */
export function ForgetWithUndo({
  onForget,
  children,
}: {
  onForget: (what: ForgetScope) => unknown;
  children: (plan: (what: ForgetScope) => unknown) => ComponentChildren;
}) {
  const [planned, setPlanned] = useState<Planned | null>(null);
  const preview = useMutation();
  const plan = (what: ForgetScope) =>
    preview.run(async () => setPlanned({ what, preview: await postForget(what, true) }));
  if (!planned) {
    return (
      <>
        {children(plan)}
        <MutationStatus mutation={preview} success="" />
      </>
    );
  }
  const forget = () => {
    setPlanned(null);
    onForget(planned.what);
  };
  return <Countdown preview={planned.preview} onEnd={forget} onStop={() => setPlanned(null)} />;
}

function Countdown({
  preview,
  onEnd,
  onStop,
}: {
  preview: Forgotten;
  onEnd: () => void;
  onStop: () => void;
}) {
  const [left, setLeft] = useState(SECONDS);
  const latest = useRef(onEnd);
  latest.current = onEnd;
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
    <div class="callout">
      <p role="status">{previewText(preview)}</p>
      <p>{counted("forget_in", Math.max(0, left))}</p>
      <button type="button" class="main" ref={(button) => button?.focus()} onClick={onStop}>
        {t("forget_stop")}
      </button>
    </div>
  );
}

function previewText({ person, visits, visit_seconds, interactions, kept, backups }: Forgotten) {
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
