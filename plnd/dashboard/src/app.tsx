import { useEffect, useRef, useState } from "preact/hooks";
import { Trouble } from "./api/client.ts";
import { useLive } from "./hooks/use-live.ts";
import { linkTo, useRoute } from "./hooks/use-route.ts";
import { lazily, type Page } from "./lazy-page.tsx";
import mark from "./look/mark.svg";
import { TodayPage } from "./pages/today.tsx";
import { Troubled } from "./parts/error-message.tsx";
import { type Key, t } from "./words/text.ts";

const TrendsPage = lazily(() => import("./pages/trends.tsx"));

const ProfilesPage = lazily(() => import("./pages/profiles.tsx"));
const PeoplePage = lazily(() => import("./pages/people.tsx"));
const ChatsPage = lazily(() => import("./pages/chats.tsx"));
const JournalPage = lazily(() => import("./pages/journal.tsx"));
const CpdPage = lazily(() => import("./pages/cpd.tsx"));
const ReviewPage = lazily(() => import("./pages/review.tsx"));
const SettingsPage = lazily(() => import("./pages/settings.tsx"));
const ReceiptPage = lazily(() => import("./pages/receipt.tsx"));

interface PageOf {
  id: string;
  name: Key;
  page: Page;
}

const PAGES: PageOf[] = [
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
  const shown = PAGES.find(({ id }) => id === route.page) ?? PAGES[0];
  useEffect(() => {
    if (shown) document.title = `${t(shown.name)} · plnd`;
  }, [shown]);
  if (!shown) return null;
  const Shown = shown.page;
  return (
    <>
      <Head shown={shown.id} skip={() => main.current?.focus()} />
      <main ref={main} tabIndex={-1}>
        <Line />
        <Shown key={shown.id} route={route} />
      </main>
    </>
  );
}

function Head({ shown, skip }: { shown: string; skip: () => void }) {
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
            aria-current={id === shown ? "page" : undefined}
            onClick={() => setOpen(false)}
          >
            {t(name)}
          </a>
        ))}
      </nav>
    </header>
  );
}

/** Says when the daemon does not answer: once, and only after it has answered before. */
function Line() {
  const { line, version } = useLive();
  if (line === "lost" && version > 0) return <Troubled trouble={new Trouble("unreachable", "")} />;
  return null;
}
