import type { ComponentChildren, JSX } from "preact";

/** A column; numbers stand at the right, so that their digits are below each other. */
export interface Column<Row> {
  readonly name: string;
  readonly isNumber?: boolean;
  readonly cell: (row: Row) => ComponentChildren;
}

/**
 * Rows under named columns; the first cell of each names it.
 *
 * @param props `rows` without any gives nothing
 */
export function DataTable<Row>(props: {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}): JSX.Element | null {
  const { caption, columns, rows } = props;
  if (rows.length === 0) return null;
  return (
    <div class="wide">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name, isNumber }) => (
              <th key={name} scope="col" class={isNumber === true ? "number" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map(({ name, isNumber, cell }, at) => {
                const look = isNumber === true ? "number" : undefined;
                return at === 0 ? (
                  <th key={name} scope="row" class={look}>
                    {cell(row)}
                  </th>
                ) : (
                  <td key={name} class={look}>
                    {cell(row)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
