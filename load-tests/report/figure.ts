import { type Content, markup, type Markup } from './markup.ts';

/** A plot with what it shows in a sentence, and how it was drawn in another. */
export interface Figure {
  readonly title: string;
  readonly note: Content;
  readonly drawing: Markup;
}

/** A figure as a part of the page. */
export function figureMarkup({ title, note, drawing }: Figure): Markup {
  return markup`<figure><figcaption><h3>${title}</h3><p>${note}</p></figcaption>${drawing}</figure>
`;
}
