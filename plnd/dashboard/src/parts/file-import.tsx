import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useMutation } from "../hooks/use-mutation.ts";
import { t } from "../words/lookup.ts";
import { FieldErrors } from "./field.tsx";
import { FileField } from "./file-field.tsx";
import { MutationStatus } from "./mutation-status.tsx";

/** Imports a file in two steps: a preview of what would change, then the import. */
export function FileImport<T>({
  label,
  field,
  accept,
  preview,
  importFile,
  children,
}: {
  label: string;
  field?: string;
  accept: string;
  /** Reads a file and asks the daemon what importing it would change. */
  preview: (file: File) => Promise<T>;
  importFile: (previewed: T) => Promise<unknown>;
  /** Renders the preview. */
  children: (previewed: T) => ComponentChildren;
}) {
  const [previewed, setPreviewed] = useState<T | null>(null);
  const mutation = useMutation();
  return (
    <>
      <FieldErrors.Provider value={mutation.error}>
        <FileField
          label={label}
          field={field}
          accept={accept}
          onPick={(file) => {
            setPreviewed(null);
            if (file) mutation.run(async () => setPreviewed(await preview(file)));
          }}
        />
      </FieldErrors.Provider>
      {previewed && (
        <div class="callout">
          {children(previewed)}
          <button
            type="button"
            class="main"
            onClick={() =>
              mutation.run(async () => {
                await importFile(previewed);
                setPreviewed(null);
              })
            }
          >
            {t("import_take")}
          </button>
        </div>
      )}
      <MutationStatus mutation={mutation} success={t(previewed ? "import_looked" : "saved")} />
    </>
  );
}
