// Writes Accounts.Web/wwwroot/mudblazor.css: of MudBlazor's own sheet only what the components in use need, a tenth of it.
//   npm ci && node tools/Sheets/purge.mjs [FILE]
// A component that is new to the pages, or a class of MudBlazor's on plain markup, needs a line below. A test says so.
import { readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { PurgeCSS } from "purgecss";

// Component: the classes that its markup can carry. * is any rest of a name, {color} each of the colors.
const classes = {
  MudAlert: "mud-alert mud-alert-text-{color} mud-alert-outlined-{color} mud-alert-filled-{color}"
    + " mud-alert-icon* mud-alert-message mud-alert-position mud-alert-close justify-start justify-center justify-end",
  MudButton: "mud-button mud-button-root mud-button-label mud-button-full-width mud-button-icon-*"
    + " mud-button-disable-elevation mud-button-color-inherit mud-button-text mud-button-outlined mud-button-filled"
    + " mud-button-text-{color} mud-button-outlined-{color} mud-button-filled-{color}"
    + " mud-button-text-size-* mud-button-outlined-size-* mud-button-filled-size-*",
  MudCard: "mud-card*",
  MudChip: "mud-chip mud-chip-container mud-chip-size-* mud-chip-icon mud-chip-label mud-chip-content mud-chip-close-button mud-chip-color-{color}"
    + " mud-chip-text mud-chip-outlined mud-chip-filled mud-chip-selected",
  MudDialog: "mud-dialog*",
  MudDialogProvider: "fixed pointer-events-none",
  MudFocusTrap: "mud-focus-trap*",
  MudIcon: "mud-icon-root mud-icon-default mud-icon-size-* mud-svg-icon",
  MudIconButton: "mud-icon-button mud-icon-button-label mud-icon-button-color-inherit mud-icon-button-edge-* mud-icon-button-size-*",
  MudList: "mud-list*",
  MudListItem: "",
  MudMenu: "mud-menu*",
  MudMenuItem: "",
  MudOverlay: "mud-overlay*",
  MudPaper: "mud-paper*",
  MudPopover: "mud-popover*",
  MudPopoverProvider: "",
  MudSkeleton: "mud-skeleton*",
  MudText: "mud-typography*",
  "of many": "mud-{color}-text mud-disabled mud-dense mud-clickable mud-focus-visible mud-expanded mud-ripple* mud-elevation-*"
    + " mud-width-full mud-height-full",
  "plain tables": "mud-simple-table mud-table mud-table-container mud-table-root mud-table-head mud-table-body mud-table-row"
    + " mud-table-cell mud-table-hover mud-table-dense",
};
const colors = "default normal inherit primary info success warning error";

// Rules for elements are for fields and buttons inside components; all of them stay.
const elements = ("* html body a abbr address article aside b blockquote button canvas caption cite code col colgroup dd del details dfn"
  + " dialog div dl dt em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr i iframe img input ins kbd label legend li"
  + " main mark meter nav ol optgroup option output p picture pre progress q s samp section select small span strong sub summary sup svg"
  + " table tbody td template textarea tfoot th thead time tr u ul video path circle :root hidden type").split(" ");

const home = new URL("../../", import.meta.url);
const version = readFileSync(new URL("Directory.Packages.props", home), "utf8").match(/Include="MudBlazor" Version="([^"]+)"/)[1];
const packages = process.env.NUGET_PACKAGES ?? `${homedir()}/.nuget/packages`;
const whole = readFileSync(`${packages}/mudblazor/${version}/staticwebassets/MudBlazor.min.css`, "utf8")
  .replace(/^\uFEFF?\/\*![^]*?\*\//, "");
const patterns = Object.values(classes).join(" ").split(" ").filter(Boolean)
  .map(name => new RegExp(`^${name.replace("*", ".*").replace("{color}", `(${colors.replaceAll(" ", "|")})`)}$`));
const [{ css }] = await new PurgeCSS().purge({
  content: [{ raw: "", extension: "html" }],
  css: [{ raw: whole }],
  keyframes: true,
  safelist: { standard: [...elements, ...patterns] },
});

const head = `/*!
 * MudBlazor ${version} (https://mudblazor.com/), Copyright (c) 2021 MudBlazor, MIT license: mudblazor.license.txt.
 * Only what the components in use need. Do not edit: change tools/Sheets/purge.mjs and run it with Node, after npm ci.
 *
${Object.entries(classes).map(([component, names]) => ` * ${component}: ${names || "none of its own"}\n`).join("")} * {color}: ${colors}
 */
`;
// One rule a line, so that the next version can be read as a change.
writeFileSync(process.argv[2] ?? new URL("Accounts.Web/wwwroot/mudblazor.css", home), head + css.replace(/\}(?!\})/g, "}\n"));
