import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Trouble } from "./api/client.ts";
import type { Route } from "./hooks/use-route.ts";
import { Troubled } from "./parts/error-message.tsx";
import { t } from "./words/text.ts";

export type Page = (props: { route: Route }) => ComponentChildren;

/** A page whose code is fetched when it is first opened. */
export function lazily(load: () => Promise<{ default: Page }>): Page {
  let fetched: Page | null = null;
  return function Lazy(props: { route: Route }) {
    const [asked, setAsked] = useState(0);
    const [Shown, setShown] = useState(() => fetched);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (fetched) return;
      setFailed(false);
      load().then(
        (module) => {
          fetched = module.default;
          setShown(() => fetched);
        },
        () => setFailed(true),
      );
    }, [asked]);
    if (Shown) return <Shown {...props} />;
    if (!failed) return <p class="loading soft">{t("loading")}</p>;
    return (
      <Troubled trouble={new Trouble("not_loaded", "")} again={() => setAsked((one) => one + 1)} />
    );
  };
}
