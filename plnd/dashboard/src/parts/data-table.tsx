import { useState } from "preact/hooks";
import { t } from "../words/lookup.ts";
import { csv } from "./csv.ts";
import { download } from "./download.ts";

export interface TableData {
  /** The name of the CSV file, without its extension. */
  file: string;
  caption: string;
  head: string[];
  rows: Cell[][];
}
/** A cell as text, or a text for the screen and a `value` for the CSV file. */
export type Cell = string | { shown: string; value: number | string };

const screenText = (cell: Cell) => (typeof cell === "string" ? cell : cell.shown);
const csvText = (cell: Cell) => (typeof cell === "string" ? cell : String(cell.value));

/** The numbers of a chart: a table that opens on demand, and a CSV file. */
export function DataTable({ data }: { data: TableData }) {
  const [open, setOpen] = useState(false);
  return (
    <div class="table">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t("as_table")}</summary>
        {open && <Rows data={data} />}
      </details>
      <button type="button" class="plain" onClick={() => downloadCsv(data)}>
        {t("csv")}
      </button>
    </div>
  );
}

function Rows({ data: { caption, head, rows } }: { data: TableData }) {
  return (
    <section class="table-frame" aria-label={t("table_of", { title: caption })} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first, ...cells], row) => (
            <tr key={row}>
              <th scope="row">{first === undefined ? "" : screenText(first)}</th>
              {cells.map((cell, column) => (
                <td key={column} class={typeof cell === "string" ? "" : "figure"}>
                  {screenText(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function downloadCsv({ file, head, rows }: TableData): void {
  download(`${file}.csv`, csv([head, ...rows.map((row) => row.map(csvText))]), "text/csv");
}
