#include "gui/widgets/help_dialogs.h"
#include "engine/engine.h"
#include "gui/actions.h"
#include "gui/theme.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QIcon>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace gui
{
namespace
{

class Help
{
    Q_DECLARE_TR_FUNCTIONS(Help)
};

QDialog *makeDialog(const QString &name, const QString &title, QWidget *parent)
{
    auto *dialog = new QDialog(parent);
    dialog->setObjectName(name);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    return dialog;
}

void addClose(QDialog *dialog, QVBoxLayout *column)
{
    auto *buttons = new QDialogButtonBox(dialog);
    QPushButton *close = buttons->addButton(Help::tr("Close"), QDialogButtonBox::RejectRole);
    close->setObjectName(dialog->objectName() + QStringLiteral(".close"));
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    column->addWidget(buttons);
}

QString shortcutTable(const Actions &actions)
{
    QString html = QStringLiteral("<table cellspacing='0'>");
    for (const Menu menu : kMenus) {
        html += QStringLiteral("<tr><td colspan='2' style='padding:12px 0 3px 0'><b>%1</b></td></tr>")
                    .arg(Actions::menuTitle(menu).toHtmlEscaped());
        for (const QAction *action : actions.ofMenu(menu)) {
            if (action->shortcut().isEmpty()) continue;
            html += QStringLiteral(
                        "<tr><td style='padding:2px 40px 2px 0'>%1</td><td style='color:%2'>%3</td></tr>")
                        .arg(Actions::plainText(*action).toHtmlEscaped(), tokens().dim.name(),
                             action->shortcut().toString(QKeySequence::NativeText).toHtmlEscaped());
        }
    }
    return html + QStringLiteral("</table>");
}

} // namespace

void showShortcutHelp(const Actions &actions, QWidget *parent)
{
    QDialog *dialog = makeDialog(QStringLiteral("shortcuts"), Help::tr("Keyboard shortcuts"), parent);
    auto *text = new QLabel(shortcutTable(actions), dialog);
    text->setTextFormat(Qt::RichText);
    text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    text->setContentsMargins(12, 0, 12, 8);
    auto *area = new QScrollArea(dialog);
    area->setWidget(text);
    area->setWidgetResizable(true);
    auto *column = new QVBoxLayout(dialog);
    column->addWidget(area, 1);
    addClose(dialog, column);
    dialog->resize(440, 620);
    dialog->show();
}

void showAbout(QWidget *parent)
{
    QDialog *dialog = makeDialog(QStringLiteral("about"), Help::tr("About Rookery"), parent);
    auto *picture = new QLabel(dialog);
    picture->setPixmap(QIcon(QStringLiteral(":/icons/rookery.svg")).pixmap(72, 72));
    picture->setAlignment(Qt::AlignHCenter);
    auto *text =
        new QLabel(Help::tr("<b>Rookery %1</b><br>A workbench for RWKV language models.<br><br>"
                            "Free software under the GNU General Public License, version 3 or later.<br>"
                            "It sends nothing anywhere.")
                       .arg(QString::fromUtf8(engine::version())),
                   dialog);
    text->setAlignment(Qt::AlignHCenter);
    text->setWordWrap(true);
    auto *column = new QVBoxLayout(dialog);
    column->setContentsMargins(28, 24, 28, 16);
    column->setSpacing(14);
    column->addWidget(picture);
    column->addWidget(text);
    addClose(dialog, column);
    dialog->show();
}

} // namespace gui
