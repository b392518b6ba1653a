/** The pages of docs/, which the bundler embeds as text. */

declare module "*.md" {
  const text: string;
  export default text;
}
