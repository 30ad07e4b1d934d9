export type FormInput = { [name: string]: FormValue };
type FormValue = FormDataEntryValue | FormDataEntryValue[] | FormInput;

/**
 * A form's fields as an object for a schema: a repeated name is a list, `csv.delimiter` is `{ csv: { delimiter } }`, and
 * the fields that React adds of its own (`$ACTION_…`) are left out.
 */
export const readForm = (form: FormData): FormInput => {
  const input: FormInput = emptyInput();
  for (const name of new Set(form.keys())) {
    if (name.startsWith("$")) continue;
    const values = form.getAll(name);
    const [first] = values;
    if (first !== undefined) put(input, name.split("."), values.length === 1 ? first : values);
  }
  return input;
};

const put = (input: FormInput, [key = "", ...rest]: string[], value: FormValue): void => {
  if (rest.length === 0) {
    input[key] = value;
    return;
  }
  const inner = input[key];
  if (isInput(inner)) {
    put(inner, rest, value);
    return;
  }
  const made = emptyInput();
  input[key] = made;
  put(made, rest, value);
};

const isInput = (value: FormValue | undefined): value is FormInput =>
  typeof value === "object" && !Array.isArray(value) && !(value instanceof File);

// Without a prototype a field named `__proto__` is a field like any other.
const emptyInput = (): FormInput => Object.create(null) as FormInput;
