import glim from "glim/vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [glim({ models: ["models/colors.ts"] })],
});
