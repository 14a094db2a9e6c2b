/** Nesting beyond this is refused. */
export const MAX_HESSIAN_DEPTH = 512;
