/** The directives of mod_dir, mod_autoindex and mod_mime: what directories and names of files mean. */

import { NO_MIME, type Config, type DirectorySettings, type Mime } from "../config/config.ts";
import { handlerNamed } from "../handlers.ts";
import { define, isOn, type Definition, type Module, type Scope } from "./definition.ts";

function changeDirectory({ config }: Scope, changes: DirectorySettings): void {
  config.directory = { ...config.directory, ...changes };
}

export const dirModule: Module = {
  name: "mod_dir",
  directives: [
    define({
      name: "DirectoryIndex",
      words: [1, 99],
      override: "Indexes",
      apply(words, scope) {
        const isDisabled = words.length === 1 && words[0]?.toLowerCase() === "disabled";
        const before = scope.config.directory?.indexes ?? [];
        changeDirectory(scope, { indexes: isDisabled ? [] : [...before, ...words] });
      },
    }),
    define({
      name: "DirectorySlash",
      words: [1, 1],
      override: "Indexes",
      apply: ([word], scope) => changeDirectory(scope, { slash: isOn(word) }),
    }),
    define({
      name: "FallbackResource",
      words: [1, 1],
      shortfall: "where neither a file nor the application would answer",
      override: "Indexes",
      apply([target = ""], scope) {
        if (target !== "disabled" && !target.startsWith("/")) {
          throw new Error(`${target} is no URL path: it must begin with "/"`);
        }
        changeDirectory(scope, { fallback: target === "disabled" ? null : target });
      },
    }),
  ],
  refused: ["DirectoryCheckHandler", "DirectoryIndexRedirect"],
};

/** Listings look the same everywhere, so these only keep configurations from failing. */
function listingSetting(name: string): Definition {
  return define({
    name,
    words: [1, 999],
    override: "Indexes",
    shortfall: "accepted; a listing looks the same with it",
    apply: () => undefined,
  });
}

export const autoindexModule: Module = {
  name: "mod_autoindex",
  directives: [
    "AddAlt",
    "AddAltByEncoding",
    "AddAltByType",
    "AddDescription",
    "AddIcon",
    "AddIconByEncoding",
    "AddIconByType",
    "DefaultIcon",
    "HeaderName",
    "IndexHeadInsert",
    "IndexIgnore",
    "IndexOptions",
    "IndexOrderDefault",
    "IndexStyleSheet",
    "ReadmeName",
  ].map(listingSetting),
  refused: ["FancyIndexing", "IndexIgnoreReset"],
};

export function changeMime(config: Config, changes: Partial<Mime>): void {
  config.mime = { ...NO_MIME, ...config.mime, ...changes };
}

type ByExtension = "types" | "encodings" | "charsets" | "languages" | "handlers";

/** `AddType TYPE EXTENSION …`, and the same for other properties of files. */
function adding(
  name: string,
  part: ByExtension,
  shortfall: string | null = null,
  meaning: (value: string) => string | null = String,
): Definition {
  return define({
    name,
    words: [2, 99],
    shortfall,
    apply([value = "", ...extensions], { config }) {
      const meant = meaning(value);
      const entries = extensions.map((extension): [string, string | null] => [plainExtension(extension), meant]);
      changeMime(config, { [part]: new Map([...(config.mime?.[part] ?? []), ...entries]) });
    },
  });
}

/** `RemoveType EXTENSION …` */
function removing(name: string, part: ByExtension): Definition {
  return define({
    name,
    words: [1, 99],
    apply(extensions, { config }) {
      const entries = extensions.map((extension): [string, null] => [plainExtension(extension), null]);
      changeMime(config, { [part]: new Map([...(config.mime?.[part] ?? []), ...entries]) });
    },
  });
}

function plainExtension(extension: string): string {
  return extension.replace(/^\./, "").toLowerCase();
}

export const mimeModule: Module = {
  name: "mod_mime",
  directives: [
    adding("AddType", "types", "for the last extension of a name, and those before an encoding, language or charset"),
    adding("AddEncoding", "encodings"),
    adding("AddCharset", "charsets"),
    adding("AddLanguage", "languages"),
    adding("AddHandler", "handlers", "the handlers of `SetHandler`, for extensions as in AddType", handlerNamed),
    removing("RemoveType", "types"),
    removing("RemoveEncoding", "encodings"),
    removing("RemoveCharset", "charsets"),
    removing("RemoveLanguage", "languages"),
    removing("RemoveHandler", "handlers"),
    define({
      name: "DefaultLanguage",
      words: [1, 1],
      apply: ([language = ""], { config }) => changeMime(config, { defaultLanguage: language }),
    }),
  ],
  refused: [
    "AddInputFilter",
    "AddOutputFilter",
    "ModMimeUsePathInfo",
    "MultiviewsMatch",
    "RemoveInputFilter",
    "RemoveOutputFilter",
    "TypesConfig",
  ],
};
