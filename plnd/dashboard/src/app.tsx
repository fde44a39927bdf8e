import { useEffect, useRef, useState } from "preact/hooks";
import { Trouble } from "./api/ask.ts";
import { lazily, type Page } from "./lazy.tsx";
import { useLive } from "./live.ts";
import mark from "./look/mark.svg";
import { TodayPage } from "./pages/today.tsx";
import { Troubled } from "./parts/trouble.tsx";
import { linkTo, useRoute } from "./route.ts";
import { useParts } from "./routes.ts";
import { type Key, t } from "./words/index.ts";

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
  /** The part of the API without which the page has nothing to show. */
  part: string;
}

const PAGES: PageOf[] = [
  { id: "today", name: "page_today", page: TodayPage, part: "today" },
  { id: "trends", name: "page_trends", page: TrendsPage, part: "days" },
  { id: "profiles", name: "page_profiles", page: ProfilesPage, part: "profiles" },
  { id: "people", name: "page_people", page: PeoplePage, part: "people" },
  { id: "chats", name: "page_chats", page: ChatsPage, part: "chats" },
  { id: "journal", name: "page_journal", page: JournalPage, part: "journal" },
  { id: "review", name: "page_review", page: ReviewPage, part: "review" },
  { id: "cpd", name: "page_cpd", page: CpdPage, part: "cpd" },
  { id: "settings", name: "page_settings", page: SettingsPage, part: "settings" },
  { id: "receipt", name: "page_receipt", page: ReceiptPage, part: "receipt" },
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
  const parts = useParts();
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
        {PAGES.filter(({ part }) => parts?.has(part)).map(({ id, name }) => (
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
