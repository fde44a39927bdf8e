import { WEEKDAYS, type Weekday } from "../api/trends.ts";
import { weekday, weekdayLong } from "../words/format.ts";

/** Days of the week to be ticked; in the form they are all called `days`. */
export function Weekdays({ legend, picked }: { legend: string; picked: Weekday[] }) {
  return (
    <fieldset class="weekdays">
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

export const pickedDays = (form: FormData): Weekday[] =>
  WEEKDAYS.filter((day) => form.getAll("days").includes(day));
