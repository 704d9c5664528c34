#include "gui/theme.h"

#include <QApplication>

int main(int argc, char *argv[])
{
    QApplication application(argc, argv);
    gui::applyScheme(gui::Scheme::System);
    return 0;
}
