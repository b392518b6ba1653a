/** Python files are imported as text, with `{ type: "text" }`. */
declare module "*.py" {
  const text: string;
  export default text;
}
