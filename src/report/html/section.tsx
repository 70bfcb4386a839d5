import type { ComponentChildren, JSX } from "preact";

/** A part of the page with its heading; `id` is what the contents link to. */
export function Section(props: {
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { id, title, children } = props;
  return (
    <section id={id} aria-labelledby={`${id}-heading`}>
      <h2 id={`${id}-heading`}>{title}</h2>
      {children}
    </section>
  );
}

/** Text with what stands between backticks as code. */
export function Prose({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {text
        .split("`")
        .map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}
    </>
  );
}

/** A name that others gave: it is shown as it is, and turns no text around it. */
export function Name({ of }: { readonly of: string }): JSX.Element {
  return <bdi class="name">{of}</bdi>;
}
