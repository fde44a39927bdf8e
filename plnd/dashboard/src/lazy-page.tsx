import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { AppError } from "./api/client.ts";
import type { Route } from "./hooks/use-route.ts";
import { ErrorMessage } from "./parts/error-message.tsx";
import { t } from "./words/lookup.ts";

export type Page = (props: { route: Route }) => ComponentChildren;

/** A page whose code is loaded when it is first opened. */
export function lazyPage(load: () => Promise<{ default: Page }>): Page {
  let loaded: Page | null = null;
  return function LazyPage(props: { route: Route }) {
    const [attempt, setAttempt] = useState(0);
    const [LoadedPage, setLoadedPage] = useState(() => loaded);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (loaded) return;
      setFailed(false);
      load().then(
        (module) => {
          loaded = module.default;
          setLoadedPage(() => loaded);
        },
        () => setFailed(true),
      );
    }, [attempt]);
    if (LoadedPage) return <LoadedPage {...props} />;
    if (!failed) return <p class="loading soft">{t("loading")}</p>;
    return (
      <ErrorMessage
        error={new AppError("not_loaded", "")}
        retry={() => setAttempt((count) => count + 1)}
      />
    );
  };
}
