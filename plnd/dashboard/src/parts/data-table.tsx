import { useState } from "preact/hooks";
import { t } from "../words/text.ts";
import { csv } from "./csv.ts";

export interface TableOf {
  /** The name of the CSV's file, without its ending. */
  file: string;
  caption: string;
  head: string[];
  /** Cells as they are shown; where that differs, `value` is what stands in the CSV. */
  rows: Cell[][];
}
export type Cell = string | { shown: string; value: number | string };

const shown = (cell: Cell) => (typeof cell === "string" ? cell : cell.shown);

/** A chart's numbers as a table that opens, and as a file. */
export function Table({ of }: { of: TableOf }) {
  const [open, setOpen] = useState(false);
  return (
    <div class="table">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t("as_table")}</summary>
        {open && <Rows of={of} />}
      </details>
      <button type="button" class="plain" onClick={() => download(of)}>
        {t("csv")}
      </button>
    </div>
  );
}

function Rows({ of: { caption, head, rows } }: { of: TableOf }) {
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
          {rows.map(([first, ...cells], number) => (
            <tr key={number}>
              <th scope="row">{first === undefined ? "" : shown(first)}</th>
              {cells.map((cell, at) => (
                <td key={at} class={typeof cell === "string" ? "" : "figure"}>
                  {shown(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function download({ file, head, rows }: TableOf): void {
  save(`${file}.csv`, csv([head, ...rows.map((row) => row.map(written))]), "text/csv");
}

/** Hand a text to the browser as a file to be saved. */
export function save(name: string, content: string, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url));
}

const written = (cell: Cell) => (typeof cell === "string" ? cell : String(cell.value));
