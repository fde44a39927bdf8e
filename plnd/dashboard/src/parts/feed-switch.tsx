import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Feed, FeedChange } from "../api/feeds.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { dayAndTime } from "../words/format.ts";
import { t } from "../words/lookup.ts";
import { Form } from "./form.tsx";
import { textOf } from "./form-data.ts";
import { InputField } from "./input-field.tsx";
import { MutationStatus } from "./mutation-status.tsx";
import { Switch } from "./switch.tsx";

/** A switch for a public feed. It asks for the address only when plnd cannot work it out. */
export function FeedSwitch({
  feed,
  save,
  children,
}: {
  feed: Feed | null;
  save: (change: FeedChange) => Promise<unknown>;
  /** The label of the switch. */
  children: ComponentChildren;
}) {
  const mutation = useMutation();
  const [asksForUrl, setAsksForUrl] = useState(false);
  const change = async (wanted: FeedChange) => {
    try {
      await save(wanted);
      setAsksForUrl(false);
    } catch (error) {
      setAsksForUrl((was) => was || (error as { field?: string }).field === "url");
      throw error;
    }
  };
  return (
    <>
      <Switch on={feed?.on ?? false} onChange={(on) => mutation.run(() => change({ on }))}>
        {children}
      </Switch>
      {feed && <LastRead feed={feed} />}
      {asksForUrl ? (
        <Form
          mutation={mutation}
          submit={t("feed_ask_there")}
          save={(form) => change({ on: true, url: textOf(form, "url") ?? "" })}
        >
          <InputField
            label={t("feed_address")}
            hint={t("feed_address_hint")}
            field="url"
            type="url"
            required
            autoComplete="off"
          />
        </Form>
      ) : (
        <MutationStatus mutation={mutation} success="" />
      )}
    </>
  );
}

/** When the feed was last read, and with what result. */
function LastRead({ feed: { on, checked_at: at, error } }: { feed: Feed }) {
  if (at === null) return on ? <p class="soft">{t("feed_not_asked")}</p> : null;
  const when = dayAndTime(at);
  return (
    <p class="soft">
      {error ? t("feed_failed", { when }) : t("feed_answered", { when })}{" "}
      {error && <bdi>{error}</bdi>}
    </p>
  );
}
