import type { IncidentReport, ReportSection, ReportTable } from './incident-report.ts';

/** Markdown with its figures inside, as data URLs. */
export function reportMarkdown({ title, sections }: IncidentReport): string {
  return `${[`# ${plain(title)}`, ...sections.flatMap(sectionLines)].join('\n\n')}\n`;
}

function sectionLines({ title, paragraphs = [], table, figures = [] }: ReportSection): readonly string[] {
  return [
    `## ${plain(title)}`,
    ...paragraphs.map(plain),
    ...figures.map(
      (figure) => `![${plain(figure.title)}](data:image/svg+xml;base64,${Buffer.from(figure.svg).toString('base64')})`,
    ),
    ...(table ? [tableLines(table)] : []),
  ];
}

function tableLines({ head, rows }: ReportTable): string {
  const line = (texts: readonly string[]): string => `| ${texts.map(plain).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** What would be mark-up, or end a cell, as it is read. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`).replaceAll(/\s+/g, ' ');
}
