import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Feed, FeedChange } from "../api/feeds.ts";
import { useDoing, wrongWith } from "../hooks/use-query.ts";
import { dayAndTime } from "../words/format.ts";
import { t } from "../words/text.ts";
import { Field } from "./field.tsx";
import { entered, Form } from "./form.tsx";
import { Done } from "./mutation-status.tsx";
import { Switch } from "./switch.tsx";

/** A public feed on or off. Where it is, is asked for only where plnd cannot know. */
export function FeedSwitch({
  feed,
  turn,
  children,
}: {
  feed: Feed | null;
  turn: (change: FeedChange) => Promise<unknown>;
  /** What the switch is called. */
  children: ComponentChildren;
}) {
  const doing = useDoing();
  const [isUnknown, setUnknown] = useState(false);
  const change = async (wanted: FeedChange) => {
    try {
      await turn(wanted);
      setUnknown(false);
    } catch (error) {
      setUnknown((was) => was || (error as { field?: string }).field === "url");
      throw error;
    }
  };
  return (
    <>
      <Switch on={feed?.on ?? false} change={(on) => doing.run(() => change({ on }))}>
        {children}
      </Switch>
      {feed && <LastAsked feed={feed} />}
      {isUnknown ? (
        <Form
          doing={doing}
          submit={t("feed_ask_there")}
          change={(form) => change({ on: true, url: entered(form, "url") ?? "" })}
        >
          <Field
            label={t("feed_address")}
            hint={t("feed_address_hint")}
            wrong={wrongWith(doing, "url")}
          >
            {(of) => <input {...of} type="url" name="url" required autoComplete="off" />}
          </Field>
        </Form>
      ) : (
        <Done of={doing} says="" />
      )}
    </>
  );
}

/** When it was asked last, and what came of it. */
function LastAsked({ feed: { on, checked_at: at, error } }: { feed: Feed }) {
  if (at === null) return on ? <p class="soft">{t("feed_not_asked")}</p> : null;
  const when = dayAndTime(at);
  return (
    <p class="soft">
      {error ? t("feed_failed", { when }) : t("feed_answered", { when })}{" "}
      {error && <bdi>{error}</bdi>}
    </p>
  );
}
