/** Of Millrace: what the root's `package.json` says. */
export const VERSION = '0.1.0';
