import "@cloudscape-design/global-styles/index.css";
import "./app/app.css";
import { createRoot } from "react-dom/client";
import { App } from "./app/app";
import { startTheme } from "./app/theme";
import { startTranslation } from "./i18n";

startTheme();
await startTranslation();
const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root element");
createRoot(root).render(<App />);
