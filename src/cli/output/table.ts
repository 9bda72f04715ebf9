/** Aligned columns for terminals. */
import stringWidth from 'string-width';

export interface Column {
  title: string;
  align?: 'left' | 'right';
}

/** Lines of a table, each column as wide as its widest cell (colours and wide characters taken into account), no trailing spaces. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const lines = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => stringWidth(cells[index] ?? ''))));
  return lines.map((cells) =>
    columns
      .map((column, index) => {
        const cell = cells[index] ?? '';
        const space = ' '.repeat((widths[index] ?? 0) - stringWidth(cell));
        return column.align === 'right' ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
}
