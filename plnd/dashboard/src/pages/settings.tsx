import { getNotices, type Notice, postTestNotice, putSnooze } from "../api/notices.ts";
import {
  type Budget,
  deleteBudget,
  deletePause,
  getBudgets,
  getPause,
  getSettings,
  patchSettings,
  putBudget,
  putPause,
  type Settings,
} from "../api/settings.ts";
import { WEEKDAYS } from "../api/trends.ts";
import { useDoing, useResource, wrongWith } from "../hooks/use-query.ts";
import { Card } from "../parts/card.tsx";
import { Field } from "../parts/field.tsx";
import { entered, Form } from "../parts/form.tsx";
import { Done } from "../parts/mutation-status.tsx";
import { NetworkSelect, useNetworkNames } from "../parts/network-select.tsx";
import { Resourceful } from "../parts/query-result.tsx";
import { pickedDays, Weekdays } from "../parts/weekday-picker.tsx";
import { dayAndTime, timeOfDay, together, weekday } from "../words/format.ts";
import { counted, t } from "../words/text.ts";
import { Feeds } from "./feeds.tsx";
import { Health } from "./health.tsx";
import { Networks } from "./networks.tsx";

const HOUR = 3_600_000;

export default function SettingsPage() {
  const settings = useResource(getSettings);
  return (
    <>
      <h1>{t("settings_title")}</h1>
      <div class="columns">
        <Budgets />
        <PauseCard />
        <Resourceful of={settings}>
          {({ settings }) => <Schedule settings={settings} />}
        </Resourceful>
        <Resourceful of={settings}>{({ settings }) => <Notices settings={settings} />}</Resourceful>
      </div>
      <div class="cards">
        <Networks />
        <Feeds />
      </div>
      <Health />
    </>
  );
}

// -- budgets ------------------------------------------------------------------------

function Budgets() {
  const budgets = useResource(getBudgets);
  const nameOf = useNetworkNames();
  const removing = useDoing();
  return (
    <Card title={t("budgets_title")} lead={t("budgets_lead")}>
      <Resourceful of={budgets}>
        {({ budgets }) =>
          budgets.length === 0 ? (
            <p class="soft">{t("budget_none")}</p>
          ) : (
            <ul class="rows">
              {budgets.map((budget) => {
                const what = scope(budget, nameOf);
                return (
                  <li key={budget.id}>
                    <span>
                      <strong>{counted("budget_minutes", budget.minutes)}</strong>
                      <span class="soft"> {what}</span>
                    </span>
                    <button
                      type="button"
                      aria-label={t("budget_remove", { what })}
                      onClick={() => removing.run(() => deleteBudget(budget.id))}
                    >
                      {t("remove")}
                    </button>
                  </li>
                );
              })}
            </ul>
          )
        }
      </Resourceful>
      <Done of={removing} />
      <BudgetForm />
    </Card>
  );
}

function scope({ network, days, when }: Budget, nameOf: (id: string) => string): string {
  return [
    network === null ? t("budget_all") : nameOf(network),
    days === null
      ? t("budget_every_day")
      : together(days.map((day) => weekday(WEEKDAYS.indexOf(day)))),
    ...(when === null ? [] : [t(when === "work" ? "budget_in_work" : "budget_off_work")]),
  ].join(" · ");
}

function BudgetForm() {
  const doing = useDoing();
  return (
    <details class="more">
      <summary>{t("budget_new")}</summary>
      <Form
        doing={doing}
        change={(form) => {
          const days = pickedDays(form);
          const when = entered(form, "when");
          return putBudget({
            minutes: Number(form.get("minutes")),
            network: entered(form, "network"),
            days: days.length === 0 || days.length === WEEKDAYS.length ? null : days,
            when: when === "work" || when === "off" ? when : null,
          });
        }}
      >
        <Field label={t("minutes_a_day")} wrong={wrongWith(doing, "minutes")}>
          {(of) => (
            <input
              {...of}
              type="number"
              name="minutes"
              min="0"
              max="1440"
              required
              defaultValue="60"
            />
          )}
        </Field>
        <Field label={t("network")} wrong={wrongWith(doing, "network")}>
          {(of) => <NetworkSelect {...of} name="network" none={t("budget_all")} />}
        </Field>
        <Weekdays legend={t("days_of_week")} picked={WEEKDAYS} />
        <Field label={t("hours_of_day")}>
          {(of) => (
            <select {...of} name="when">
              <option value="">{t("budget_any_time")}</option>
              <option value="work">{t("budget_in_work")}</option>
              <option value="off">{t("budget_off_work")}</option>
            </select>
          )}
        </Field>
      </Form>
    </details>
  );
}

// -- pause --------------------------------------------------------------------------

const PAUSES = [
  { name: "pause_half_hour", until: () => Date.now() + HOUR / 2 },
  { name: "pause_hour", until: () => Date.now() + HOUR },
  { name: "pause_tomorrow", until: () => new Date().setHours(24, 0, 0, 0) },
  { name: "pause_open", until: () => null },
] as const;

function PauseCard() {
  const pause = useResource(getPause);
  const doing = useDoing();
  return (
    <Card title={t("pause_title")} lead={t("pause_lead")}>
      <Resourceful of={pause}>
        {({ paused, until }) =>
          paused ? (
            <div class="actions">
              <p>{until === null ? t("paused") : t("paused_until", { time: timeOfDay(until) })}</p>
              <button type="button" class="main" onClick={() => doing.run(deletePause)}>
                {t("resume")}
              </button>
            </div>
          ) : (
            <div class="choices">
              {PAUSES.map(({ name, until }) => (
                <button key={name} type="button" onClick={() => doing.run(() => putPause(until()))}>
                  {t(name)}
                </button>
              ))}
            </div>
          )
        }
      </Resourceful>
      <Done of={doing} />
    </Card>
  );
}

// -- schedule -----------------------------------------------------------------------

/** Quarters of the day, as the settings take them. */
const TIME = { type: "time", step: 900 } as const;

function Schedule({ settings }: { settings: Settings }) {
  const doing = useDoing();
  return (
    <Card title={t("schedule_title")}>
      <Form
        doing={doing}
        change={(form) =>
          patchSettings({
            time_zone: entered(form, "time_zone"),
            day_start: Number(form.get("day_start")),
            work_days: pickedDays(form),
            work_start: String(form.get("work_start")),
            work_end: String(form.get("work_end")),
          })
        }
      >
        <Field
          label={t("time_zone")}
          hint={t("time_zone_hint")}
          wrong={wrongWith(doing, "time_zone")}
        >
          {(of) => <input {...of} name="time_zone" defaultValue={settings.time_zone ?? ""} />}
        </Field>
        <Field label={t("day_start")} wrong={wrongWith(doing, "day_start")}>
          {(of) => (
            <select {...of} name="day_start" defaultValue={String(settings.day_start)}>
              {[...Array(24).keys()].map((hour) => (
                <option key={hour} value={hour}>
                  {`${String(hour).padStart(2, "0")}:00`}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Weekdays legend={t("work_days")} picked={settings.work_days} />
        <div class="pair">
          <Field label={t("work_start")} wrong={wrongWith(doing, "work_start")}>
            {(of) => (
              <input
                {...of}
                {...TIME}
                name="work_start"
                required
                defaultValue={settings.work_start}
              />
            )}
          </Field>
          <Field label={t("work_end")} wrong={wrongWith(doing, "work_end")}>
            {(of) => (
              <input {...of} {...TIME} name="work_end" required defaultValue={settings.work_end} />
            )}
          </Field>
        </div>
      </Form>
    </Card>
  );
}

// -- notices ------------------------------------------------------------------------

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

function Notices({ settings }: { settings: Settings }) {
  const doing = useDoing();
  return (
    <Card title={t("notices_title")} lead={t("notices_lead")}>
      <Form
        doing={doing}
        change={(form) =>
          patchSettings({
            ...Object.fromEntries(SWITCHES.map((name) => [name, form.get(name) !== null])),
            grace_minutes: Number(form.get("grace_minutes")),
            language: languageOf(form),
            quiet_start: entered(form, "quiet_start"),
            quiet_end: entered(form, "quiet_end"),
          })
        }
      >
        {SWITCHES.map((name) => (
          <label key={name} class="switch">
            <input type="checkbox" name={name} defaultChecked={settings[name]} />
            {t(name)}
          </label>
        ))}
        <Field label={t("notices_language")}>
          {(of) => (
            <select {...of} name="language" defaultValue={settings.language ?? ""}>
              <option value="">{t("language_of_system")}</option>
              {LANGUAGES.map((language) => (
                <option key={language} value={language}>
                  {t(`language_${language}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t("grace_minutes")} wrong={wrongWith(doing, "grace_minutes")}>
          {(of) => (
            <input
              {...of}
              type="number"
              name="grace_minutes"
              min="0"
              max="240"
              required
              defaultValue={String(settings.grace_minutes)}
            />
          )}
        </Field>
        <div class="pair">
          <Field
            label={t("quiet_start")}
            hint={t("quiet_hint")}
            wrong={wrongWith(doing, "quiet_start")}
          >
            {(of) => (
              <input
                {...of}
                {...TIME}
                name="quiet_start"
                defaultValue={settings.quiet_start ?? ""}
              />
            )}
          </Field>
          <Field label={t("quiet_end")} wrong={wrongWith(doing, "quiet_end")}>
            {(of) => (
              <input {...of} {...TIME} name="quiet_end" defaultValue={settings.quiet_end ?? ""} />
            )}
          </Field>
        </div>
      </Form>
      <Told />
    </Card>
  );
}

function Told() {
  const notices = useResource(getNotices);
  const snoozing = useDoing();
  const testing = useDoing();
  return (
    <Resourceful of={notices}>
      {({ notices, snoozed_until: until }) => (
        <>
          <div class="choices">
            <button type="button" onClick={() => testing.run(tried)}>
              {t("test_notice")}
            </button>
            <button
              type="button"
              onClick={() => snoozing.run(() => putSnooze(until ? null : Date.now() + HOUR))}
            >
              {t(until ? "snooze_end" : "snooze_hour")}
            </button>
          </div>
          {until && <p class="soft">{t("snoozed_until", { time: timeOfDay(until) })}</p>}
          <Done of={testing} says={t("test_shown")} />
          <Done of={snoozing} />
          <h3>{t("told_title")}</h3>
          {notices.length === 0 ? (
            <p class="soft">{t("told_nothing")}</p>
          ) : (
            <ul class="plain">{notices.slice(-5).reverse().map(toldWords)}</ul>
          )}
        </>
      )}
    </Resourceful>
  );
}

async function tried(): Promise<void> {
  const { shown, error } = await postTestNotice();
  if (!shown) throw new Error(t("test_not_shown", { why: error ?? "" }));
}

const toldWords = ({ cause, at, title, body, shown, error }: Notice) => (
  <li key={cause}>
    <span class="soft">{dayAndTime(at)}</span> {title}. {body}{" "}
    <span class="soft">
      {shown === true && t("told_shown")}
      {shown === false && t("told_not_shown", { why: error ?? "" })}
    </span>
  </li>
);
