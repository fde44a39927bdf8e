import type { ComponentChildren } from "preact";

/** A link to another site, sent without a referrer. Anything but http(s) is shown as text. */
export function ExternalLink({ href, children }: { href: string; children: ComponentChildren }) {
  if (!/^https?:\/\//i.test(href)) return <>{children}</>;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}
