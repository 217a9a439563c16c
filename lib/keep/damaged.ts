/** A sealed file that was changed, or cut off, or never was one. Its message says what is wrong and holds no data. */
export class Damaged extends Error {}
