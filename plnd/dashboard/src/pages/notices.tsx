import { getNotices, type Notice, postTestNotice, putSnooze } from "../api/notices.ts";
import { patchSettings, type Settings } from "../api/settings.ts";
import { useMutation } from "../hooks/use-mutation.ts";
import { useQuery } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Field } from "../parts/field.tsx";
import { Form } from "../parts/form.tsx";
import { QUARTER_HOUR_S, textOf } from "../parts/form-data.ts";
import { InputField } from "../parts/input-field.tsx";
import { MutationStatus } from "../parts/mutation-status.tsx";
import { QueryResult } from "../parts/query-result.tsx";
import { dayAndTime, timeOfDay } from "../words/format.ts";
import { t } from "../words/lookup.ts";

const HOUR_MS = 3_600_000;

const SWITCHES = [
  "notify_budget",
  "notify_profiles",
  "notify_chats",
  "notify_review",
  "chats_outside_budget",
] as const;

const LANGUAGES = ["en", "de"] as const;
const languageOf = (form: FormData) =>
  LANGUAGES.find((language) => language === form.get("language")) ?? null;

/** Which notices are shown, in which language, and when not. */
export function Notices({ settings }: { settings: Settings }) {
  return (
    <Card title={t("notices_title")} lead={t("notices_lead")}>
      <Form
        save={(form) =>
          patchSettings({
            ...Object.fromEntries(SWITCHES.map((name) => [name, form.get(name) !== null])),
            grace_minutes: Number(form.get("grace_minutes")),
            language: languageOf(form),
            quiet_start: textOf(form, "quiet_start"),
            quiet_end: textOf(form, "quiet_end"),
          })
        }
      >
        <NoticeFields settings={settings} />
      </Form>
      <NoticeLog />
    </Card>
  );
}

function NoticeFields({ settings }: { settings: Settings }) {
  return (
    <>
      {SWITCHES.map((name) => (
        <label key={name} class="switch">
          <input type="checkbox" name={name} defaultChecked={settings[name]} />
          {t(name)}
        </label>
      ))}
      <Field label={t("notices_language")}>
        {(props) => (
          <select {...props} name="language" defaultValue={settings.language ?? ""}>
            <option value="">{t("language_of_system")}</option>
            {LANGUAGES.map((language) => (
              <option key={language} value={language}>
                {t(`language_${language}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <InputField
        label={t("grace_minutes")}
        field="grace_minutes"
        type="number"
        min="0"
        max="240"
        required
        defaultValue={String(settings.grace_minutes)}
      />
      <div class="pair">
        <InputField
          label={t("quiet_start")}
          hint={t("quiet_hint")}
          field="quiet_start"
          type="time"
          step={QUARTER_HOUR_S}
          defaultValue={settings.quiet_start ?? ""}
        />
        <InputField
          label={t("quiet_end")}
          field="quiet_end"
          type="time"
          step={QUARTER_HOUR_S}
          defaultValue={settings.quiet_end ?? ""}
        />
      </div>
    </>
  );
}

/** The snooze, a test notice, and the last five notices. */
function NoticeLog() {
  const notices = useQuery(getNotices);
  const snoozing = useMutation();
  const testing = useMutation();
  return (
    <QueryResult query={notices}>
      {({ notices, snoozed_until: until }) => (
        <>
          <div class="choices">
            <button type="button" onClick={() => testing.run(sendTestNotice)}>
              {t("test_notice")}
            </button>
            <button
              type="button"
              onClick={() => snoozing.run(() => putSnooze(until ? null : Date.now() + HOUR_MS))}
            >
              {t(until ? "snooze_end" : "snooze_hour")}
            </button>
          </div>
          {until && <p class="soft">{t("snoozed_until", { time: timeOfDay(until) })}</p>}
          <MutationStatus mutation={testing} success={t("test_shown")} />
          <MutationStatus mutation={snoozing} />
          <h3>{t("told_title")}</h3>
          {notices.length === 0 ? (
            <p class="soft">{t("told_nothing")}</p>
          ) : (
            <ul class="plain">{notices.slice(-5).reverse().map(noticeItem)}</ul>
          )}
        </>
      )}
    </QueryResult>
  );
}

async function sendTestNotice(): Promise<void> {
  const { shown, error } = await postTestNotice();
  if (!shown) throw new Error(t("test_not_shown", { why: error ?? "" }));
}

const noticeItem = ({ cause, at, title, body, shown, error }: Notice) => (
  <li key={cause}>
    <span class="soft">{dayAndTime(at)}</span> {title}. {body}{" "}
    <span class="soft">
      {shown === true && t("told_shown")}
      {shown === false && t("told_not_shown", { why: error ?? "" })}
    </span>
  </li>
);
