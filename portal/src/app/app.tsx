import { I18nProvider } from "@cloudscape-design/components/i18n";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { RouterProvider } from "react-router/dom";
import { messagesOf } from "../i18n";
import { FlashProvider } from "../ui/flash";
import { useLanguage } from "../ui/use_language";
import { queryClient } from "./query_client";
import { router } from "./router";

export function App() {
  const language = useLanguage();
  return (
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <I18nProvider locale={language} messages={messagesOf(language)}>
          <FlashProvider>
            <RouterProvider router={router} />
          </FlashProvider>
        </I18nProvider>
      </QueryClientProvider>
    </StrictMode>
  );
}
