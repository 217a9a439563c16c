/** Takes back what one wrap did. */
export type Undo = () => void
