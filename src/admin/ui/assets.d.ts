/** Files that the bundle copies: their address. */
declare module '*.svg' {
  const address: string;
  export default address;
}

declare module '*.css';
