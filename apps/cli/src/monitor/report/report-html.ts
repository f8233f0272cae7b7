import type { IncidentReport, ReportSection, ReportTable } from './incident-report.ts';
import { escapeXml } from './svg.ts';

const STYLE = `body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#222}table{border-collapse:collapse;margin:1rem 0}
th,td{border:1px solid #bbb;padding:.25rem .6rem;text-align:left;overflow-wrap:anywhere}figure{margin:1rem 0}svg{max-width:100%;height:auto}figcaption{color:#555}`;

/** One page that needs nothing from outside. */
export function reportHtml({ title, sections }: IncidentReport): string {
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeXml(title)}</title><style>${STYLE}</style></head>`,
    `<body><h1>${escapeXml(title)}</h1>`,
    ...sections.map(sectionHtml),
    '</body></html>\n',
  ].join('\n');
}

function sectionHtml({ title, paragraphs = [], table, figures = [] }: ReportSection): string {
  return [
    `<h2>${escapeXml(title)}</h2>`,
    ...paragraphs.map((text) => `<p>${escapeXml(text)}</p>`),
    ...figures.map((figure) => `<figure>${figure.svg}<figcaption>${escapeXml(figure.title)}</figcaption></figure>`),
    ...(table ? [tableHtml(table)] : []),
  ].join('\n');
}

function tableHtml({ head, rows }: ReportTable): string {
  const cells = (tag: 'th' | 'td', texts: readonly string[]): string =>
    `<tr>${texts.map((text) => `<${tag}>${escapeXml(text)}</${tag}>`).join('')}</tr>`;
  return `<table>${cells('th', head)}${rows.map((row) => cells('td', row)).join('')}</table>`;
}
