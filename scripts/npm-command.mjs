/** How to run the npm that started this, or the one of `PATH`. */
export function npmCommand(args) {
  const npm = process.env.npm_execpath;
  if (!npm) return { command: 'npm', args };
  return { command: process.env.npm_node_execpath ?? process.execPath, args: [npm].concat(args) };
}
