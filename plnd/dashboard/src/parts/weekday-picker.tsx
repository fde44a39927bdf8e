import { WEEKDAYS, type Weekday } from "../api/trends.ts";
import { weekday, weekdayLong } from "../words/format.ts";

/** A checkbox for each day of the week; the form field is `days`. */
export function WeekdayPicker({ legend, picked }: { legend: string; picked: Weekday[] }) {
  return (
    <fieldset class="inline-options">
      <legend>{legend}</legend>
      {WEEKDAYS.map((day, number) => (
        <label key={day}>
          <input
            type="checkbox"
            name="days"
            value={day}
            defaultChecked={picked.includes(day)}
            aria-label={weekdayLong(number)}
          />
          <span aria-hidden="true">{weekday(number)}</span>
        </label>
      ))}
    </fieldset>
  );
}

export const selectedDays = (form: FormData): Weekday[] =>
  WEEKDAYS.filter((day) => form.getAll("days").includes(day));
