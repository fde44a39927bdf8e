import { useEffect, useRef, useState } from "preact/hooks";
import { AppError } from "./api/client.ts";
import { useLive } from "./hooks/use-live.ts";
import { linkTo, useRoute } from "./hooks/use-route.ts";
import { lazyPage, type Page } from "./lazy-page.tsx";
import mark from "./look/mark.svg";
import { TodayPage } from "./pages/today.tsx";
import { ErrorMessage } from "./parts/error-message.tsx";
import { type Key, t } from "./words/lookup.ts";

const TrendsPage = lazyPage(() => import("./pages/trends.tsx"));

const ProfilesPage = lazyPage(() => import("./pages/profiles.tsx"));
const PeoplePage = lazyPage(() => import("./pages/people.tsx"));
const ChatsPage = lazyPage(() => import("./pages/chats.tsx"));
const JournalPage = lazyPage(() => import("./pages/journal.tsx"));
const CpdPage = lazyPage(() => import("./pages/cpd.tsx"));
const ReviewPage = lazyPage(() => import("./pages/review.tsx"));
const SettingsPage = lazyPage(() => import("./pages/settings.tsx"));
const ReceiptPage = lazyPage(() => import("./pages/receipt.tsx"));

interface PageEntry {
  id: string;
  name: Key;
  page: Page;
}

const PAGES: PageEntry[] = [
  { id: "today", name: "page_today", page: TodayPage },
  { id: "trends", name: "page_trends", page: TrendsPage },
  { id: "profiles", name: "page_profiles", page: ProfilesPage },
  { id: "people", name: "page_people", page: PeoplePage },
  { id: "chats", name: "page_chats", page: ChatsPage },
  { id: "journal", name: "page_journal", page: JournalPage },
  { id: "review", name: "page_review", page: ReviewPage },
  { id: "cpd", name: "page_cpd", page: CpdPage },
  { id: "settings", name: "page_settings", page: SettingsPage },
  { id: "receipt", name: "page_receipt", page: ReceiptPage },
];

export function App() {
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const current = PAGES.find(({ id }) => id === route.page) ?? PAGES[0];
  useEffect(() => {
    if (current) document.title = `${t(current.name)} · plnd`;
  }, [current]);
  if (!current) return null;
  const CurrentPage = current.page;
  return (
    <>
      <Header current={current.id} skip={() => main.current?.focus()} />
      <main ref={main} tabIndex={-1}>
        <ConnectionError />
        <CurrentPage key={current.id} route={route} />
      </main>
    </>
  );
}

function Header({ current, skip }: { current: string; skip: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <header class="head">
      <button type="button" class="skip" onClick={skip}>
        {t("skip")}
      </button>
      <a class="brand" href={linkTo("today")}>
        <img src={mark} alt="" width="28" height="28" />
        plnd
      </a>
      <button
        type="button"
        class="menu"
        aria-expanded={open}
        aria-controls="pages"
        onClick={() => setOpen(!open)}
      >
        {t("menu")}
      </button>
      <nav id="pages" class={open ? "open" : ""} aria-label={t("pages")}>
        {PAGES.map(({ id, name }) => (
          <a
            key={id}
            href={linkTo(id)}
            aria-current={id === current ? "page" : undefined}
            onClick={() => setOpen(false)}
          >
            {t(name)}
          </a>
        ))}
      </nav>
    </header>
  );
}

/** An error while the daemon does not answer; at the start the page itself shows it. */
function ConnectionError() {
  const { connection, version } = useLive();
  if (connection === "lost" && version > 0)
    return <ErrorMessage error={new AppError("unreachable", "")} />;
  return null;
}
