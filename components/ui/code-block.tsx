import { CopyButton } from "./copy-button";

type Props = { code: string; label: string; className?: string | undefined };

/** A script or a command to copy. Long lines scroll; the scrolling part can be reached by keyboard. */
export const CodeBlock = ({ code, label, className }: Props) => (
  <figure className={className}>
    <div className="bg-sunken overflow-hidden rounded-lg border">
      <figcaption className="text-muted flex items-center justify-between gap-3 border-b py-1 pr-1 pl-3 text-xs">
        {label}
        <CopyButton text={code} label="Copy" isWordy />
      </figcaption>
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        className="scrollbar-slim overflow-x-auto p-3 text-xs leading-5 focus-visible:-outline-offset-2"
      >
        <code>{code}</code>
      </pre>
    </div>
  </figure>
);
