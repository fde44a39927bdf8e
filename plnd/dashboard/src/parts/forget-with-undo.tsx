import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type ForgetScope, type Forgotten, postForget } from "../api/own-data.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { duration } from "../words/format.ts";
import { counted, t } from "../words/lookup.ts";
import { MutationStatus } from "./mutation-status.tsx";

const SECONDS = 10;

interface PendingForget {
  what: ForgetScope;
  preview: Forgotten;
}

/**
 * Deletion with a preview and time to undo. After `requestForget`, a countdown replaces the
 * children: it says what would be deleted, can be stopped for ten seconds, then calls `onForget`.
 */
export function ForgetWithUndo({
  onForget,
  children,
}: {
  onForget: (what: ForgetScope) => unknown;
  children: (requestForget: (what: ForgetScope) => unknown) => ComponentChildren;
}) {
  const [pending, setPending] = useState<PendingForget | null>(null);
  const preview = useMutation();
  const requestForget = (what: ForgetScope) =>
    preview.run(async () => setPending({ what, preview: await postForget(what, true) }));
  if (!pending) {
    return (
      <>
        {children(requestForget)}
        <MutationStatus mutation={preview} success="" />
      </>
    );
  }
  const forget = () => {
    setPending(null);
    onForget(pending.what);
  };
  return <Countdown preview={pending.preview} onEnd={forget} onStop={() => setPending(null)} />;
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
