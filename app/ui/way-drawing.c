/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Without a graphics processor OpenGL is computed by Mesa's llvmpipe: a compiler is loaded, its
 * shaders and its threads are kept, and the same picture is slower to draw than by cairo. Measured
 * on GTK 4.8 and Mesa 22.3: 201 MB against 50 MB for the same window. Main thread. */

#include "way-drawing.h"

#include <gtk/gtk.h>

/* What the kernel shows of a graphics processor that can render: Mesa's and newer drivers' render
 * nodes, NVIDIA's own, Windows' below WSL, Mali's and Adreno's. */
static const char *const devices[] = {
  "dri/renderD*", "nvidiactl", "dxg", "mali0", "kgsl-3d0",
};

static const char *const variables[] = { "GDK_DISABLE", "GDK_DEBUG", "GDK_GL", "GSK_RENDERER" };

static gboolean
has_device (const char *device_folder, const char *pattern)
{
  g_autofree char *sub_folder = g_path_get_dirname (pattern);
  g_autofree char *name = g_path_get_basename (pattern);
  g_autofree char *path = g_build_filename (device_folder, sub_folder, NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *entry = NULL;

  while (folder != NULL && (entry = g_dir_read_name (folder)) != NULL)
    {
      if (g_pattern_match_simple (name, entry))
        return TRUE;
    }
  return FALSE;
}

/**
 * way_drawing_has_gpu:
 * @device_folder: "/dev"
 *
 * Any thread.
 *
 * Returns: whether a graphics processor that can render is in @device_folder
 */
gboolean
way_drawing_has_gpu (const char *device_folder)
{
  g_return_val_if_fail (device_folder != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (devices); i++)
    {
      if (has_device (device_folder, devices[i]))
        return TRUE;
    }
  return FALSE;
}

/**
 * way_drawing_prepare:
 * @device_folder: "/dev"
 *
 * Keeps GTK from OpenGL and Vulkan where they would be computed by the processor. Who has set one
 * of GTK's own variables about drawing is obeyed. Before GTK is initialised and before there is a
 * second thread, since it sets environment variables. Main thread.
 */
void
way_drawing_prepare (const char *device_folder)
{
  g_return_if_fail (device_folder != NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      if (g_getenv (variables[i]) != NULL)
        return;
    }
  if (way_drawing_has_gpu (device_folder))
    return;
  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  g_setenv ("GDK_DISABLE", "gl,vulkan", TRUE);
  /* GTK knows GDK_DISABLE since 4.16, and this value until then. */
  if (gtk_get_minor_version () < 16)
    g_setenv ("GDK_DEBUG", "gl-disable", TRUE);
}
