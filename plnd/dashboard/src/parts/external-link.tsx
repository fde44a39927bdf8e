import type { ComponentChildren } from "preact";

/** A link that leads out of the dashboard. Where it leads learns nothing of where it stood. */
export function Out({ to, children }: { to: string; children: ComponentChildren }) {
  if (!/^https?:\/\//i.test(to)) return <>{children}</>;
  return (
    <a href={to} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}
