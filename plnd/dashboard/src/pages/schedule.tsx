import { patchSettings, type Settings } from "../api/settings.ts";
import { Card } from "../parts/card.tsx";
import { Field } from "../parts/field.tsx";
import { Form } from "../parts/form.tsx";
import { QUARTER_HOUR_S, textOf } from "../parts/form-data.ts";
import { InputField } from "../parts/input-field.tsx";
import { selectedDays, WeekdayPicker } from "../parts/weekday-picker.tsx";
import { t } from "../words/lookup.ts";

/** Time zone, start of the day, work days and hours. */
export function Schedule({ settings }: { settings: Settings }) {
  return (
    <Card title={t("schedule_title")}>
      <Form
        save={(form) =>
          patchSettings({
            time_zone: textOf(form, "time_zone"),
            day_start: Number(form.get("day_start")),
            work_days: selectedDays(form),
            work_start: String(form.get("work_start")),
            work_end: String(form.get("work_end")),
          })
        }
      >
        <InputField
          label={t("time_zone")}
          hint={t("time_zone_hint")}
          field="time_zone"
          defaultValue={settings.time_zone ?? ""}
        />
        <Field label={t("day_start")} field="day_start">
          {(props) => (
            <select {...props} name="day_start" defaultValue={String(settings.day_start)}>
              {[...Array(24).keys()].map((hour) => (
                <option key={hour} value={hour}>
                  {`${String(hour).padStart(2, "0")}:00`}
                </option>
              ))}
            </select>
          )}
        </Field>
        <WeekdayPicker legend={t("work_days")} picked={settings.work_days} />
        <div class="pair">
          <InputField
            label={t("work_start")}
            field="work_start"
            type="time"
            step={QUARTER_HOUR_S}
            required
            defaultValue={settings.work_start}
          />
          <InputField
            label={t("work_end")}
            field="work_end"
            type="time"
            step={QUARTER_HOUR_S}
            required
            defaultValue={settings.work_end}
          />
        </div>
      </Form>
    </Card>
  );
}
