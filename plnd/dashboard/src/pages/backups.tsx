import { useState } from "preact/hooks";
import { getBackups, postRestore } from "../api/own-data.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { dayAndTime } from "../words/format.ts";
import { counted, t } from "../words/lookup.ts";

/** The backups, newest first, each with a button to restore it. */
export function Backups() {
  const backups = useQuery(getBackups);
  const mutation = useMutation();
  const [switchedOff, setSwitchedOff] = useState<string[]>([]);
  const found = backups.data?.backups ?? [];
  if (found.length === 0) return null;
  const restore = async (name: string) =>
    setSwitchedOff((await postRestore(name, false)).switched_off);
  return (
    <details class="more">
      <summary>{counted("backups", found.length)}</summary>
      <ul class="rows">
        {[...found].reverse().map(({ name, made_at: at }) => (
          <li key={name}>
            <span>{dayAndTime(at)}</span>
            <ConfirmButton
              name={t("restore")}
              label={t("restore_of", { when: dayAndTime(at) })}
              onConfirm={() => mutation.run(() => restore(name))}
            />
          </li>
        ))}
      </ul>
      <MutationStatus mutation={mutation} />
      <SwitchedOffFeeds feeds={switchedOff} />
    </details>
  );
}

/** The feeds that an import or a restore switched off: only the user turns a feed on. */
export function SwitchedOffFeeds({ feeds }: { feeds: string[] }) {
  if (feeds.length === 0) return null;
  return <p>{t("feeds_switched_off", { feeds: feeds.join(", ") })}</p>;
}
