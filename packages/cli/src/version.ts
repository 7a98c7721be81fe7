/** As in package.json: a test compares them. Reading it there would cost every start a file. */
export const VERSION = "0.1.0";
